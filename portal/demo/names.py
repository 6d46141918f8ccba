"""Names for the people nobody tells a story about, by site. Pure. All combinations are invented."""

from portal.demo.shapes import NamePool


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ENGLISH = NamePool(
    66,
    _words("""
        Alison Andrew Angela Becky Bernard Carl Carol Charlotte Chloe Chris Claire Connor Craig
        Darren Dawn Debbie Elaine Ellie Emma Gareth Gemma Georgia Graham Hazel Holly Ian Jack Jade
        Janet Jason Jodie Josh Karen Katie Kelly Lauren Lee Leanne Lewis Linda Lisa Lucy Luke
        Martin Megan Mick Natalie Nicola Olivia Pauline Phil Rachel Rebecca Rob Ryan Sandra Scott
        Sharon Shaun Sophie Stacey Steph Tracey Vicky Wayne
    """),
    _words("""
        Ackroyd Armitage Atkinson Barraclough Beaumont Birkin Blackburn Booth Bramley Broadbent
        Brook Butterworth Clegg Copley Crabtree Crossley Dyson Earnshaw Eastwood Fawcett Garside
        Greenwood Haigh Hartley Hepworth Hinchliffe Holroyd Horsfall Jagger Kaye Lockwood Lumb
        Marsden Mellor Midgley Naylor Oldroyd Pickles Priestley Rawson Rushworth Schofield Senior
        Shackleton Stead Sutcliffe Sugden Thackray Thornton Tordoff Varley Wadsworth Whiteley
        Wigglesworth Womersley Wrigglesworth
    """),
)
_YORKSHIRE_ASIAN = NamePool(
    20,
    _words("""
        Adeel Aisha Amina Asif Bilal Faisal Fatima Hamza Harpreet Iqra Jasvinder Kiran Manjit
        Mariam Nadia Navdeep Omar Parveen Rukhsana Saima Samina Sana Shabana Shahid Sukhdeep Tariq
        Usman Waqas Yasmin Zainab
    """),
    _words("""
        Ahmed Anwar Aslam Bashir Begum Bhatti Chaudhry Dhillon Farooq Gill Hussain Iqbal Javed
        Kaur Khan Mahmood Malik Mirza Rashid Sandhu Sharif Sidhu Yousaf
    """),
)
_YORKSHIRE_NEWER = NamePool(
    14,
    _words("""
        Agnieszka Blessing Chidi Dorota Ewa Funmi Grzegorz Ifeoma Kasia Kwame Magda Marcin Ngozi
        Piotr Samuel Tunde Yetunde
    """),
    _words("""
        Adebayo Asante Boateng Kaczmarek Kowalczyk Lis Mensah Mazur Nowak Obi Ogunleye Osei Pawlak
        Sobczak Wieczorek
    """),
)
_BELFAST = NamePool(
    88,
    _words("""
        Aidan Aisling Aoife Barry Bronagh Caoimhe Caolan Catriona Ciara Cathal Clodagh Conal
        Cormac Darragh Dearbhla Deirdre Dermot Eimear Emer Eoin Fergal Fionnuala Gary Geraldine
        Glenn Heather Iain Jill Joanne Jonny Karl Kerry Laura Lynsey Maeve Malachy Marie Mervyn
        Michelle Niall Niamh Noreen Nuala Oisin Paula Roisin Ross Ruairi Ryan Sharon Shauna Shane
        Sinead Stephen Suzanne Tiernan Trevor Una Wendy William
    """),
    _words("""
        Agnew Beattie Boyle Brannigan Campbell Carlin Cassidy Convery Coulter Cregan Crothers
        Devine Diamond Dornan Duffin Falloon Gallagher Gormley Gribben Hagan Hamill Hanna Irvine
        Kearney Lavery Loughran Lundy Magee Magill McAlister McAnulty McBurney McCann McClean
        McConville McCullough McDowell McErlean McGarry McGrath McIlwaine McKee McLarnon McMahon
        McNally McQuillan McVeigh Moffett Molloy Mooney Neill Nelson Nugent Patton Quigley Rea
        Scullion Shields Stitt Toner Trainor Weir
    """),
)
_BELFAST_NEWER = NamePool(
    12,
    _words("""
        Ana Andrei Anjali Beatriz Carlos Inga Joana Jurate Mihai Neha Rasa Rui Suresh Tomas
        Viktorija
    """),
    _words("""
        Almeida Costa Ferreira Iyer Jankauskas Kazlauskas Menezes Nair Popa Radu Rodrigues Thomas
        Varghese
    """),
)
_MANILA = NamePool(
    100,
    _words("""
        Abegail Alvin Analyn Angelica Angelo Arlene Arvin Bernadette Bea Benjie Camille Carlo
        Catherine Celeste Christian Clarissa Crisanto Darwin Dennis Divina Dominic Ederlyn Elmer
        Emmanuel Erwin Fe Ferdie Francis Gerald Gina Glenda Hazel Ian Imelda Jayson Jerome Jessa
        Jhoanna Joel John Jomar Jonalyn Joy Karen Kathleen Kristine Lea Leonora Lourdes Lovely Luz
        Maribel Marvin Mary Melchor Michelle Nerissa Nestor Nina Pia Ramon Raquel Rhea Rico Rizza
        Rodel Rommel Ronald Rosalie Sheila Shiela Teresita Vangie Vincent Wilma
    """),
    _words("""
        Abad Abella Agustin Alcantara Alonzo Andrada Arceo Baluyot Banaag Belmonte Bernal Borja
        Buenaventura Cabrera Calderon Capistrano Catindig Cordero Dacanay Dimalanta Dimayuga
        Domingo Enriquez Espiritu Fajardo Galang Galvez Gatchalian Guevarra Hilario Ignacio Javier
        Lacson Legaspi Liwanag Lumbao Macaraeg Malonzo Manansala Mangubat Mercado Montemayor
        Natividad Navarro Ocampo Olivares Ortega Panganiban Pangilinan Peralta Punzalan Quiambao
        Ramirez Resurreccion Rosales Sarmiento Silvestre Soriano Sumulong Tagle Tiongson Umali
        Valdez Velasco Yabut Zamora
    """),
)
_DURBAN_ZULU = NamePool(
    62,
    _words("""
        Andile Ayanda Bheki Busisiwe Dumisani Fikile Gugu Hlengiwe Jabulani Khanyisile Khulekani
        Lungelo Lwazi Mandla Mbali Mduduzi Mlungisi Musa Mxolisi Ndumiso Nelisiwe Njabulo
        Nkosinathi Nobuhle Nombuso Nomfundo Nompumelelo Nonhlanhla Ntombi Phindile Phumzile
        Sakhile Samkelo Sandile Sanele Sifiso Simphiwe Siphokazi Siyabonga Slindile Sthembiso
        Thabani Thabisile Thandi Themba Thobeka Thulani Vusi Wandile Xolani Zama Zinhle Zodwa
    """),
    _words("""
        Bhengu Biyela Buthelezi Cebekhulu Chili Dladla Dlamini Gcabashe Gumede Gwala Hadebe
        Hlongwane Khanyile Khoza Khuzwayo Luthuli Mabaso Madlala Magwaza Majola Makhathini Mbatha
        Mchunu Mdlalose Mhlongo Mkhize Mngadi Msomi Mthethwa Mtshali Myeni Ndlovu Ngubane Nkabinde
        Ntuli Nxumalo Nzimande Radebe Shabangu Sibiya Sithole Vilakazi Xaba Zondi Zungu
    """),
)
_DURBAN_INDIAN = NamePool(
    26,
    _words("""
        Anisha Asogan Devan Deshni Farouk Jayshree Kamalen Kerusha Logan Mahomed Melissa Naadira
        Nerisha Nikita Preshen Priyanka Rajen Reshma Rishen Saloshni Sanusha Shaista Sharika Suren
        Tashmika Verushka Vishal Yogan
    """),
    _words("""
        Bhagwandin Chetty Essack Ganesan Haripersad Jeewa Kistnasamy Maharaj Mohamed Munsamy
        Naicker Naidoo Naidu Padayachee Paruk Perumal Ramdass Rampersad Reddy Seedat Singh
        Soobramoney Vawda Veerasamy
    """),
)
_DURBAN_OTHER = NamePool(
    12,
    _words("""
        Amy Brandon Candice Clinton Dominique Gavin Janine Kyle Lesley-Ann Lizelle Marius Nadine
        Rowan Tarryn
    """),
    _words("""
        Adams Barnard Davids Ferreira Hendricks Jansen Kruger Louw Marais Petersen Rossouw Snyman
        Venter Vos
    """),
)

NAMES: tuple[tuple[str, tuple[NamePool, ...]], ...] = (
    ("leeds", (_ENGLISH, _YORKSHIRE_ASIAN, _YORKSHIRE_NEWER)),
    ("belfast", (_BELFAST, _BELFAST_NEWER)),
    ("manila", (_MANILA,)),
    ("durban", (_DURBAN_ZULU, _DURBAN_INDIAN, _DURBAN_OTHER)),
)
