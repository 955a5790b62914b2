//! The people of the directory as the lines of a CSV file, made while they are read.

use std::io::{Read, Result};

use vestibule::store::users::NewUser;

use crate::directory::{self, Dice};

const HEADER: &str = "username,email,firstName,lastName,displayName,state,company,costCenter,\
    department,description,employeeType,jobTitle,location,manager\n";

/// Reads as a file.
pub struct People {
    number: u64,
    users: u64,
    dice: Dice,
    /// What was made and not read yet.
    rest: Vec<u8>,
}

impl People {
    pub fn new(users: u64, dice: Dice) -> Self {
        Self {
            number: 0,
            users,
            dice,
            rest: HEADER.as_bytes().to_vec(),
        }
    }
}

impl Read for People {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        while self.rest.len() < buffer.len() && self.number < self.users {
            let user = directory::user(self.number, self.users, &mut self.dice);
            self.rest.extend(line(&user).into_bytes());
            self.number += 1;
        }
        let read = self.rest.as_slice().read(buffer)?;
        self.rest.drain(..read);
        Ok(read)
    }
}

/// No value of the directory needs quotation marks.
fn line(user: &NewUser) -> String {
    let directory = &user.directory;
    [
        user.username.as_str(),
        &user.email,
        &user.first_name,
        &user.last_name,
        &user.display_name,
        user.state.as_str(),
        &directory.company,
        &directory.cost_center,
        &directory.department,
        &directory.description,
        &directory.employee_type,
        &directory.job_title,
        &directory.location,
        &directory.manager,
    ]
    .join(",")
        + "\n"
}
